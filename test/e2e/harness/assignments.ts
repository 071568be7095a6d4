import { AssignerProtocol } from 'kafkajs';
import type { KafkaClient } from '#libs/kafka';

/** Partitions of a topic by the member of the group that has them. */
export async function partitionsByMember(client: KafkaClient, groupId: string, topic: string): Promise<number[][]> {
  const admin = client.kafka.admin();
  await admin.connect();
  try {
    const { groups } = await admin.describeGroups([client.prefix + groupId]);
    const members = groups[0]?.members ?? [];
    return members
      .filter(({ memberAssignment }) => memberAssignment.length > 0)
      .map(({ memberAssignment }) => AssignerProtocol.MemberAssignment.decode(memberAssignment))
      .map((assignment) => assignment?.assignment[client.prefix + topic] ?? []);
  } finally {
    await admin.disconnect();
  }
}
