using System.Net.Sockets;

namespace IotTelemetry.Benchmarks.Mqtt;

/// <summary>Takes publications, counts them by their fixed headers, and answers QoS 1 with PUBACK, all of one receive in one send.</summary>
internal sealed class RawSink(long expected) : RawPeer
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _count;

    /// <summary>Completes when as many publications as expected have arrived.</summary>
    public Task All => _all.Task;

    protected override void Serve(Socket socket)
    {
        var buffer = new byte[256 * 1024];
        var answers = new byte[64 * 1024];
        var end = 0;
        while (true)
        {
            end = Receive(socket, buffer, end);
            var start = 0;
            var answered = 0;
            while (PacketLength(buffer.AsSpan(start, end - start)) is > 0 and var length)
            {
                if ((buffer[start] & 0xF0) == 0x30)
                {
                    _count++;
                    if ((buffer[start] & 0x06) != 0)
                    {
                        answered = Answer(buffer, start, answers, answered);
                    }
                }

                start += length;
            }

            if (answered > 0)
            {
                socket.Send(answers.AsSpan(0, answered));
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            if (_count >= expected)
            {
                _all.TrySetResult();
            }
        }
    }

    private static int Answer(byte[] buffer, int start, byte[] answers, int answered)
    {
        // Small packets: one length byte, then the topic's length and the topic.
        var packetId = start + 4 + buffer[start + 3];
        answers[answered] = 0x40;
        answers[answered + 1] = 2;
        answers[answered + 2] = buffer[packetId];
        answers[answered + 3] = buffer[packetId + 1];
        return answered + 4;
    }
}
