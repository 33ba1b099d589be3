using System.Diagnostics;

namespace IotTelemetry.Benchmarks.Broker;

/// <summary>One publisher as fast as the broker takes it: QoS 0 without a limit, QoS 1 with a window of 1,000. Warmed up for a second, measured for the time given.</summary>
internal sealed class TakeLoad(int port, int qos, TimeSpan duration)
{
    private const int Window = 1000;
    private const int Chunk = 250;

    public BrokerFigure Run(string work)
    {
        using var socket = RawMqtt.Connect(port, $"take-{qos}");
        var chunks = new byte[Window / Chunk][];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = RawMqtt.Publishes(Chunk, qos, (i * Chunk) + 1);
        }

        var acks = new byte[Chunk * RawMqtt.AckLength];
        Publish(socket, chunks, acks, TimeSpan.FromSeconds(1));
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        var messages = Publish(socket, chunks, acks, duration);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new BrokerFigure(work, messages / seconds, (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / messages);
    }

    private long Publish(System.Net.Sockets.Socket socket, byte[][] chunks, byte[] acks, TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        long sent = 0;
        long acknowledged = 0;
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            if (qos > 0 && sent - acknowledged == Window)
            {
                RawMqtt.ReceiveAll(socket, acks);
                acknowledged += Chunk;
            }

            RawMqtt.SendAll(socket, chunks[sent / Chunk % chunks.Length]);
            sent += Chunk;
        }

        while (qos > 0 && acknowledged < sent)
        {
            RawMqtt.ReceiveAll(socket, acks);
            acknowledged += Chunk;
        }

        return sent;
    }
}
