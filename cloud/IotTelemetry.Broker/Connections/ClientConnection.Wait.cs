using System.Buffers;
using System.IO.Pipelines;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Connections;

/// <content>Waiting for what keeps received packets from being worked off. Pings are answered all the same: a client whose publishes wait is connected.</content>
internal sealed partial class ClientConnection
{
    private int _pingsAnsweredAhead;

    /// <summary>Waits for what keeps the loop from going on. While the broker itself is the cause, the keep-alive does not run.</summary>
    /// <returns>What was read last, and of that what is left to be worked off.</returns>
    private async Task<(ReadResult Read, ReadOnlySequence<byte> Left)> WaitAsync(BatchStep step, ReadResult read, ReadOnlySequence<byte> rest)
    {
        switch (step)
        {
            case BatchStep.Authenticate:
                await AuthenticateAsync().ConfigureAwait(false);
                break;
            case BatchStep.Handler:
                (read, rest) = await WaitReadingAheadAsync(_intake!.WhenHandledAsync(), read, rest).ConfigureAwait(false);
                break;
            case BatchStep.Rate:
                (read, rest) = await WaitReadingAheadAsync(Task.Delay(_intake!.Pause, _core.Clock.Time, Closed), read, rest).ConfigureAwait(false);
                break;
            case BatchStep.Acknowledgements:
                (read, rest) = await WaitReadingAheadAsync(_intake!.WhenAcknowledgedAsync(), read, rest).ConfigureAwait(false);
                break;
            case BatchStep.Output:
                await _output.WhenEmptyAsync().ConfigureAwait(false);
                break;
            case BatchStep.Close:
                Close(MqttReasonCode.Success);
                break;
            default:
                throw new InvalidOperationException($"A batch does not wait at {step}.");
        }

        if (_isPaused)
        {
            _isPaused = false;
            _lastPacketAt = _core.Clock.Now;
        }

        return (read, rest);
    }

    /// <summary>
    /// Waits, and meanwhile reads on as far as there is room, only to answer the PINGREQs that come. Nothing is consumed: the publish that waits points into what was read.
    /// </summary>
    private async Task<(ReadResult Read, ReadOnlySequence<byte> Left)> WaitReadingAheadAsync(Task waited, ReadResult read, ReadOnlySequence<byte> rest)
    {
        _isPaused = true;
        var done = read.Buffer.Length - rest.Length;
        var seen = done;
        var held = 0L;
        try
        {
            while (!waited.IsCompleted && AnswerPings(read.Buffer, ref seen) && !read.IsCompleted && State != ConnectionState.Closing
                && _core.ReadAhead.TryRaise(ref held, read.Buffer.Length))
            {
                _input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                var reading = _input.ReadAsync().AsTask();
                if (await Task.WhenAny(waited, reading).ConfigureAwait(false) == waited)
                {
                    _input.CancelPendingRead();
                }

                read = await reading.ConfigureAwait(false);
            }
        }
        finally
        {
            _core.ReadAhead.Return(held);
            await waited.ConfigureAwait(false);
        }

        return (read, read.Buffer.Slice(done));
    }

    /// <summary>Answers the PINGREQs from <paramref name="seen"/> on. False when what is there is no packet: the connection ends when its turn comes.</summary>
    private bool AnswerPings(ReadOnlySequence<byte> buffer, ref long seen)
    {
        var ahead = buffer.Slice(seen);
        var pings = 0;
        var isPackets = true;
        try
        {
            while (MqttPacketReader.TryReadFrame(ref ahead, _core.Options.MaximumPacketSize, out var frame))
            {
                pings += frame.Header is { Type: MqttPacketType.PingReq, BodyLength: 0 } ? 1 : 0;
            }
        }
        catch (MqttProtocolException)
        {
            isPackets = false;
        }

        seen = buffer.Length - ahead.Length;
        _pingsAnsweredAhead += pings;
        WritePingResponses(pings);
        return isPackets;
    }

    private void WritePingResponses(int count)
    {
        var mustFlush = false;
        lock (_output.Gate)
        {
            for (; count > 0; count--)
            {
                MqttPacketWriter.WritePingResp(_output);
                mustFlush |= _output.Commit();
            }
        }

        if (mustFlush)
        {
            _output.Flush();
        }
    }
}
