using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace IotTelemetry.Benchmarks.Broker;

/// <summary>MQTT 3.1.1 by hand on a blocking socket, TCP_NODELAY: packets are encoded once, so that the load costs next to nothing.</summary>
internal static class RawMqtt
{
    public const int PayloadLength = 64;
    public const int AckLength = 4;

    /// <summary>12 bytes, as in figures.md.</summary>
    public static ReadOnlySpan<byte> Topic => "bench/topic1"u8;

    public static Socket Connect(int port, string clientId)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000, SendTimeout = 10_000 };
        socket.Connect(IPAddress.Loopback, port);
        byte[] connect = [0x10, (byte)(12 + clientId.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, (byte)clientId.Length, .. System.Text.Encoding.ASCII.GetBytes(clientId)];
        socket.Send(connect);
        Span<byte> connAck = stackalloc byte[4];
        ReceiveAll(socket, connAck);
        return connAck[3] == 0 ? socket : throw new InvalidOperationException($"The broker refused {clientId} with return code {connAck[3]}.");
    }

    public static void Subscribe(Socket socket, int qos)
    {
        byte[] subscribe = [0x82, (byte)(5 + Topic.Length), 0, 1, 0, (byte)Topic.Length, .. Topic, (byte)qos];
        socket.Send(subscribe);
        Span<byte> subAck = stackalloc byte[5];
        ReceiveAll(socket, subAck);
    }

    public static int PublishLength(int qos) => 4 + Topic.Length + PayloadLength + (qos == 0 ? 0 : 2);

    /// <summary>A row of PUBLISH packets with packet identifiers counting up from <paramref name="firstPacketId"/>.</summary>
    public static byte[] Publishes(int count, int qos, int firstPacketId)
    {
        var length = PublishLength(qos);
        var row = new byte[count * length];
        for (var i = 0; i < count; i++)
        {
            var packet = row.AsSpan(i * length, length);
            packet[0] = (byte)(0x30 | (qos << 1));
            packet[1] = (byte)(length - 2);
            packet[3] = (byte)Topic.Length;
            Topic.CopyTo(packet[4..]);
            if (qos > 0)
            {
                BinaryPrimitives.WriteUInt16BigEndian(packet[(4 + Topic.Length)..], (ushort)(firstPacketId + i));
            }
        }

        return row;
    }

    public static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    public static void ReceiveAll(Socket socket, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = socket.Receive(bytes);
            bytes = count > 0 ? bytes[count..] : throw new InvalidOperationException("The broker closed the connection.");
        }
    }
}
