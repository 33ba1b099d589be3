using System.Buffers;
using IotTelemetry.Edge.Clock;
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
    private readonly IGatewayClock _clock;
    private readonly ReadingStamper _stamper;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private long _openedAt;
    private long _newestMs;
    private int _sealing;
    private long _readings;
    private long _readingsLost;
    private long _losingSince = -1;

    public FrameBuilder(FrameOutbox outbox, Birth birth, FramingOptions options, IGatewayClock clock, TimeProvider time, ILogger log)
    {
        _outbox = outbox;
        _encoder = new FrameEncoder(birth);
        _options = options;
        _clock = clock;
        _stamper = new ReadingStamper(clock, birth.Points.Count);
        _time = time;
        _log = log;
    }

    /// <summary>How long the first reading of a frame waits for others at most; <see cref="SealIfDue"/> has to be called more often.</summary>
    public TimeSpan MaximumAge => _options.MaximumAge;

    /// <summary>Readings taken since the start.</summary>
    public long ReadingsTaken => Interlocked.Read(ref _readings);

    /// <summary>Readings of frames that the disk would not take since the start.</summary>
    public long ReadingsLost => Interlocked.Read(ref _readingsLost);

    int IFrameSource.Readings => _sealing;

    /// <summary>Takes a reading; closes the frame when that makes it full.</summary>
    /// <param name="point">The point's alias in the birth.</param>
    /// <param name="steadyMs">When it was taken, on the steady timeline.</param>
    /// <param name="value">The value in the point's unit.</param>
    /// <param name="quality">How far it may be trusted.</param>
    public void Add(int point, long steadyMs, double value, Quality quality)
    {
        lock (_gate)
        {
            _readings++;
            if (_stamper.Keep(point, steadyMs, value, quality))
            {
                AddWaiting(all: false);
            }
            else
            {
                AddLocked(point, steadyMs, value, quality);
            }
        }
    }

    /// <summary>Closes the frame if its first reading has waited long enough.</summary>
    public void SealIfDue()
    {
        lock (_gate)
        {
            AddWaiting(all: false);
            if (_encoder.Count > 0 && _time.GetElapsedTime(_openedAt) >= _options.MaximumAge)
            {
                SealLocked();
            }
        }
    }

    /// <summary>Closes the frame now, if there is anything in it; what waits for the time goes with it.</summary>
    public void Seal()
    {
        lock (_gate)
        {
            AddWaiting(all: true);
            SealLocked();
        }
    }

    /// <summary>Closes the frame, then begins a new epoch, in which timestamps may start anew.</summary>
    public void BeginEpoch(string reason)
    {
        lock (_gate)
        {
            SealLocked();
            _stamper.BeginEpoch();
            _outbox.BeginEpoch(reason);
        }
    }

    void IFrameSource.WriteFrame(ulong epoch, ulong seq, IBufferWriter<byte> output) =>
        _encoder.Complete(
            epoch,
            seq,
            _options.IsReproducible ? _newestMs : _clock.NowMs,
            _options.IsReproducible ? ClockQuality.Unsynchronised : _clock.Quality,
            output);

    private void AddWaiting(bool all)
    {
        while (_stamper.TryTake(all, out var reading))
        {
            AddLocked(reading.Point, reading.SteadyMs, reading.Value, reading.Quality);
        }
    }

    private void AddLocked(int point, long steadyMs, double value, Quality quality)
    {
        if (_stamper.TakeStepBack())
        {
            SealLocked();
            _outbox.BeginEpoch("the clock was set back");
        }

        var (timestampMs, stamped) = _stamper.Stamp(point, steadyMs, quality);
        if (_encoder.Count == 0)
        {
            _openedAt = _time.GetTimestamp();
            _newestMs = timestampMs;
        }

        _encoder.Add(point, timestampMs, value, stamped);
        _newestMs = Math.Max(_newestMs, timestampMs);
        if (_encoder.Count >= _options.MaximumReadings || _encoder.IsFull)
        {
            SealLocked();
        }
    }

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
            if (_losingSince >= 0)
            {
                FramingLog.FramesTaken(_log, _readingsLost - _losingSince);
                _losingSince = -1;
            }
        }
        catch (IOException exception) when (!_options.IsReproducible)
        {
            // Nothing older was left to make room: this frame is the one that goes. The next may find the disk mended.
            _encoder.Clear();
            if (_losingSince < 0)
            {
                FramingLog.FrameLost(_log, _sealing, exception.Message);
                _losingSince = _readingsLost;
            }

            _readingsLost += _sealing;
        }
    }
}
