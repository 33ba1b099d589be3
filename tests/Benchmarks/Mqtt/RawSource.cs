using System.Net.Sockets;
using System.Text;

namespace IotTelemetry.Benchmarks.Mqtt;

/// <summary>
/// Waits for SUBSCRIBE, then sends publications in large writes: QoS 0 as fast as the socket takes them, QoS 1 with at most a window unacknowledged.
/// </summary>
internal sealed class RawSource(long messages, int quality, int window, string topic, int payload) : RawPeer
{
    private const int PerWrite = 500;

    protected override void Serve(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        var end = 0;
        while (end < 4 || PacketLength(buffer.AsSpan(0, end)) == 0)
        {
            end = Receive(socket, buffer, end);
        }

        socket.Send([0x90, 3, buffer[2], buffer[3], (byte)quality]);
        var packet = Packet();
        var batch = new byte[packet.Length * PerWrite];
        for (var i = 0; i < PerWrite; i++)
        {
            packet.CopyTo(batch, i * packet.Length);
        }

        long sent = 0;
        long acknowledged = 0;
        ushort packetId = 0;
        while (sent < messages)
        {
            var count = (int)Math.Min(PerWrite, messages - sent);
            if (quality > 0)
            {
                while (sent - acknowledged + count > window)
                {
                    acknowledged += Receive(socket, buffer, 0) / 4;
                }

                for (var i = 0; i < count; i++)
                {
                    packetId = packetId == ushort.MaxValue ? (ushort)1 : (ushort)(packetId + 1);
                    var place = (i * packet.Length) + 4 + topic.Length;
                    batch[place] = (byte)(packetId >> 8);
                    batch[place + 1] = (byte)packetId;
                }
            }

            socket.Send(batch.AsSpan(0, count * packet.Length));
            sent += count;
        }

        while (true)
        {
            Receive(socket, buffer, 0);
        }
    }

    private byte[] Packet()
    {
        var packet = new byte[4 + topic.Length + (quality > 0 ? 2 : 0) + payload];
        packet[0] = (byte)(0x30 | (quality << 1));
        packet[1] = (byte)(packet.Length - 2);
        packet[3] = (byte)topic.Length;
        Encoding.UTF8.GetBytes(topic, packet.AsSpan(4));
        return packet;
    }
}
