/** What a batch made of the rows it read. Rows are replaced, not changed in place: another object under a key is a changed row. */
export function rowsToWrite<Row>(
  loaded: Map<string, Row>,
  current: Map<string, Row>,
): { inserted: Row[]; updated: Row[]; removed: Row[] } {
  const changed = [...current].filter(([key, row]) => loaded.get(key) !== row);
  return {
    inserted: changed.filter(([key]) => !loaded.has(key)).map(([, row]) => row),
    updated: changed.filter(([key]) => loaded.has(key)).map(([, row]) => row),
    removed: [...loaded].filter(([key]) => !current.has(key)).map(([, row]) => row),
  };
}
