using System.Diagnostics;
using System.Net.Sockets;

namespace IotTelemetry.Benchmarks.Broker;

/// <summary>
/// One publisher and one subscriber, each on its own thread. The publisher keeps at most 4,000 messages on the way to the subscriber, so that no broker has
/// to drop any; what the subscriber gets per second is the figure.
/// </summary>
internal sealed class DeliverLoad(int port, int qos, TimeSpan duration)
{
    private const int OnTheWay = 4000;
    private const int Chunk = 250;
    private const int PacketIdOffset = 16;

    private long _received;
    private volatile bool _stop;
    private Exception? _failure;

    public BrokerFigure Run(string work)
    {
        using var subscriber = RawMqtt.Connect(port, $"sub-{qos}");
        RawMqtt.Subscribe(subscriber, qos);
        using var publisher = RawMqtt.Connect(port, $"pub-{qos}");
        var receiving = Start(() => Receive(subscriber));
        var sending = Start(() => Publish(publisher));
        Thread.Sleep(TimeSpan.FromSeconds(1));
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var before = Volatile.Read(ref _received);
        var started = Stopwatch.GetTimestamp();
        Thread.Sleep(duration);
        var messages = Volatile.Read(ref _received) - before;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        _stop = true;
        sending.Join();
        subscriber.Shutdown(SocketShutdown.Both);
        receiving.Join();
        return _failure is null
            ? new BrokerFigure(work, messages / seconds, (double)bytes / messages)
            : throw new InvalidOperationException($"{work}: the load failed after {_received} messages.", _failure);
    }

    private Thread Start(Action body)
    {
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                _failure ??= _stop ? null : e;
            }
        });
        thread.Start();
        return thread;
    }

    private void Publish(Socket socket)
    {
        // QoS 1: packet identifiers 1 to 4,000 in turn; at most that many are on the way, so none is in use twice.
        var chunks = new byte[OnTheWay / Chunk][];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = RawMqtt.Publishes(Chunk, qos, (i * Chunk) + 1);
        }

        var acks = new byte[Chunk * RawMqtt.AckLength];
        for (long sent = 0; !_stop; sent += Chunk)
        {
            while (sent + Chunk - Volatile.Read(ref _received) > OnTheWay && !_stop)
            {
                Thread.Sleep(0);
            }

            RawMqtt.SendAll(socket, chunks[sent / Chunk % chunks.Length]);
            if (qos > 0)
            {
                while (socket.Available >= acks.Length)
                {
                    RawMqtt.ReceiveAll(socket, acks);
                }
            }
        }
    }

    private void Receive(Socket socket)
    {
        var length = RawMqtt.PublishLength(qos);
        var buffer = new byte[length * 2000];
        var acks = new byte[2000 * RawMqtt.AckLength];
        var filled = 0;
        while (!_stop)
        {
            var count = socket.Receive(buffer.AsSpan(filled));
            if (count == 0)
            {
                throw new InvalidOperationException("The broker closed the subscriber's connection.");
            }

            filled += count;
            var messages = filled / length;
            if (qos > 0 && messages > 0)
            {
                Acknowledge(socket, buffer, messages, length, acks);
            }

            filled -= messages * length;
            buffer.AsSpan(messages * length, filled).CopyTo(buffer);
            Volatile.Write(ref _received, _received + messages);
        }
    }

    private static void Acknowledge(Socket socket, byte[] buffer, int messages, int length, byte[] acks)
    {
        for (var i = 0; i < messages; i++)
        {
            var packet = buffer.AsSpan(i * length, length);
            if (packet[0] != 0x32)
            {
                throw new InvalidOperationException($"Expected PUBLISH QoS 1, got 0x{packet[0]:X2}.");
            }

            var ack = acks.AsSpan(i * RawMqtt.AckLength, RawMqtt.AckLength);
            ack[0] = 0x40;
            ack[1] = 2;
            packet.Slice(PacketIdOffset, 2).CopyTo(ack[2..]);
        }

        RawMqtt.SendAll(socket, acks.AsSpan(0, messages * RawMqtt.AckLength));
    }
}
