using System.Buffers;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Framing;

/// <summary>Gathers readings into frames, closes them by count or age and appends them to the outbox. Thread-safe.</summary>
internal sealed class FrameBuilder : IFrameSource
{
    private readonly FrameOutbox _outbox;
    private readonly FrameEncoder _encoder;
    private readonly FramingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private long _openedAt;
    private long _newestMs;
    private int _sealing;
    private long _readings;
    private long _readingsLost;

    public FrameBuilder(FrameOutbox outbox, Birth birth, FramingOptions options, TimeProvider time, ILogger log)
    {
        _outbox = outbox;
        _encoder = new FrameEncoder(birth);
        _options = options;
        _time = time;
        _log = log;
    }

    /// <summary>Readings taken since the start.</summary>
    public long ReadingsTaken => Interlocked.Read(ref _readings);

    /// <summary>Readings of frames that the disk would not take since the start.</summary>
    public long ReadingsLost => Interlocked.Read(ref _readingsLost);

    int IFrameSource.Readings => _sealing;

    /// <summary>Takes a reading; closes the frame when that makes it full.</summary>
    /// <param name="point">The point's alias in the birth.</param>
    /// <param name="timestampMs">Unix milliseconds; rising strictly per point within an epoch.</param>
    /// <param name="value">The value in the point's unit.</param>
    /// <param name="quality">How far it may be trusted.</param>
    public void Add(int point, long timestampMs, double value, Quality quality)
    {
        lock (_gate)
        {
            if (_encoder.Count == 0)
            {
                _openedAt = _time.GetTimestamp();
                _newestMs = timestampMs;
            }

            _encoder.Add(point, timestampMs, value, quality);
            _readings++;
            _newestMs = Math.Max(_newestMs, timestampMs);
            if (_encoder.Count >= _options.MaximumReadings || _encoder.IsFull)
            {
                SealLocked();
            }
        }
    }

    /// <summary>Closes the frame if its first reading has waited long enough.</summary>
    public void SealIfDue()
    {
        lock (_gate)
        {
            if (_encoder.Count > 0 && _time.GetElapsedTime(_openedAt) >= _options.MaximumAge)
            {
                SealLocked();
            }
        }
    }

    /// <summary>Closes the frame now, if there is anything in it.</summary>
    public void Seal()
    {
        lock (_gate)
        {
            SealLocked();
        }
    }

    /// <summary>Closes the frame, then begins a new epoch, in which timestamps may start anew.</summary>
    public void BeginEpoch(string reason)
    {
        lock (_gate)
        {
            SealLocked();
            _outbox.BeginEpoch(reason);
        }
    }

    void IFrameSource.WriteFrame(ulong epoch, ulong seq, IBufferWriter<byte> output) =>
        _encoder.Complete(
            epoch,
            seq,
            _options.IsReproducible ? _newestMs : _time.GetUtcNow().ToUnixTimeMilliseconds(),
            _options.IsReproducible ? ClockQuality.Unsynchronised : ClockQuality.Unknown,
            output);

    private void SealLocked()
    {
        if (_encoder.Count == 0)
        {
            return;
        }

        _sealing = _encoder.Count;
        try
        {
            _outbox.Append(this);
        }
        catch (IOException exception) when (!_options.IsReproducible)
        {
            // Nothing older was left to make room: this frame is the one that goes. The next may find the disk mended.
            _encoder.Clear();
            _readingsLost += _sealing;
            FramingLog.FrameLost(_log, exception, _sealing);
        }
    }
}
