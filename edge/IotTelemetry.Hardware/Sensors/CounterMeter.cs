using System.Globalization;
using IotTelemetry.Hardware.Counter;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>Follows a count of the kernel's counter subsystem, which goes on by itself while the agent is away.</summary>
internal sealed class CounterMeter : Meter
{
    /// <summary>The rate is measured over at least so many polls: each of its ends is known to one poll only.</summary>
    private const int PollsPerRate = 10;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly PulseCounterOptions _counter;
    private readonly BoardBuilder _board;
    private readonly string _sysfs;
    private readonly string _source;
    private readonly string _positionPath;
    private readonly long _madeAt;
    private CounterDevice? _device;
    private ulong _count;
    private long _polledNs;
    private long _rateFromNs;
    private ulong _ratePulses;
    private bool _wasThere;
    private string? _failure;
    private EpollLoop? _loop;

    private CounterMeter(PulseMeterOptions options, PulseCounterOptions counter, BoardBuilder board, int asset, string sysfs, string boot)
        : base(options, board, asset)
    {
        _counter = counter;
        _board = board;
        _sysfs = sysfs;
        _source = string.Create(CultureInfo.InvariantCulture, $"{boot} {counter.Device} {counter.Count}");
        _madeAt = board.Time.GetTimestamp();
        _positionPath = Path.ChangeExtension(TotalPath, ".counter");
    }

    /// <inheritdoc/>
    protected override long NowNs => _polledNs;

    public static CounterMeter Build(PulseMeterOptions options, PulseCounterOptions counter, BoardBuilder board, int asset, string sysfs, string boot) =>
        new(options, counter, board, asset, sysfs, boot);

    /// <inheritdoc/>
    public override void Start(EpollLoop loop)
    {
        base.Start(loop);
        _loop = loop;
        PollAgain();
    }

    /// <summary>Opens the total and reads the count for the first time; what <see cref="Start"/> does, without a loop.</summary>
    internal void Open()
    {
        OpenTotal();
        Poll();
    }

    /// <summary>Adds what the kernel counted since the last time.</summary>
    internal void Poll()
    {
        lock (Gate)
        {
            try
            {
                if (_device is null)
                {
                    Find();
                }
                else
                {
                    Follow(_device);
                }

                Available = true;
                _failure = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Fail(e);
            }
        }
    }

    private void Find()
    {
        var device = CounterDevice.Open(_counter, _sysfs);
        var count = device.Read();
        var position = CounterPosition.Load(_positionPath);
        if (position is not null && position.Source == _source && position.Ceiling == device.Ceiling && position.Total <= Pulses)
        {
            _count = position.CountAt(Pulses);
            Advance(device, count);

            // A counter that vanished and came back may have begun anew.
            Doubtful |= _wasThere;
        }
        else
        {
            Begin(device, count);
            Doubtful |= position is not null;
        }

        _device = device;
        _wasThere = true;
        _rateFromNs = 0;
        LastPulseNs = 0;
        PeriodNs = 0;
    }

    private void Follow(CounterDevice device)
    {
        var pulses = Advance(device, device.Read());
        var now = _polledNs = _board.Time.GetElapsedTime(_madeAt).Ticks * TimeSpan.NanosecondsPerTick;
        if (pulses == 0)
        {
            return;
        }

        _ratePulses += pulses;
        if (_rateFromNs == 0)
        {
            (_rateFromNs, _ratePulses) = (now, 0);
        }
        else if (now - _rateFromNs >= PollsPerRate * (long)_counter.Poll.TotalNanoseconds)
        {
            PeriodNs = (now - _rateFromNs) / (long)_ratePulses;
            (_rateFromNs, _ratePulses) = (now, 0);
        }

        LastPulseNs = now;
    }

    private ulong Advance(CounterDevice device, ulong count)
    {
        var pulses = CounterDevice.Pulses(_count, count, device.Ceiling);
        if (pulses > device.Ceiling / 2)
        {
            // So much cannot come between two looks: it went backwards, because somebody or a restart of the driver reset it.
            BoardLog.CounterReset(_board.Logger, Use, _count, count);
            Begin(device, count);
            Doubtful = true;
            return 0;
        }

        _count = count;
        if (pulses > 0)
        {
            Store(pulses);
        }

        return pulses;
    }

    private void Begin(CounterDevice device, ulong count)
    {
        _count = count;
        new CounterPosition(_source, device.Ceiling, count, Pulses).Save(_positionPath);
    }

    private void Fail(Exception cause)
    {
        if (_failure is null)
        {
            BoardLog.CounterFailed(_board.Logger, Use, cause.Message);
        }

        _failure = cause.Message;
        _device = null;
        Available = false;
    }

    private void PollAgain()
    {
        Poll();
        _loop!.After(_device is null ? Retry : _counter.Poll, PollAgain);
    }
}
