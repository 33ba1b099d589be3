using IotTelemetry.Hardware.Gpio;
using IotTelemetry.Hardware.Linux;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>
/// All lines of one chip: as few kernel requests as the settings allow, each line that is not to be had named and tried again, a chip that goes away
/// found again by its label whatever its number is then. Everything on the loop's thread.
/// </summary>
internal sealed class ChipLines
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    /// <summary>How often a held chip is asked whether it is still there (a chip that goes away wakes no reader on kernels before 6.5).</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly string _chip;
    private readonly IReadOnlyList<BoardLine> _lines;
    private readonly LinuxBoardOptions _options;
    private readonly EpollLoop _loop;
    private readonly BoardCounters _counters;
    private readonly ILogger _logger;
    private readonly List<HeldLines> _held = [];
    private TimeSpan _retry = FirstRetry;
    private bool _retryScheduled;
    private bool _started;

    public ChipLines(string chip, IReadOnlyList<BoardLine> lines, LinuxBoardOptions options, EpollLoop loop, BoardCounters counters, ILogger logger)
    {
        _chip = chip;
        _lines = lines;
        _options = options;
        _loop = loop;
        _counters = counters;
        _logger = logger;
    }

    /// <summary>Takes the lines, or announces those that are already held.</summary>
    public void Start()
    {
        foreach (var held in _held.ToArray())
        {
            Guarded(held, held.Announce);
        }

        Acquire();
        if (!_started)
        {
            _started = true;
            _loop.After(CheckInterval, Check);
        }
    }

    /// <summary>Sets the outputs to their safe values and frees all lines.</summary>
    public void Close()
    {
        foreach (var held in _held.ToArray())
        {
            MakeSafe(held);
            Release(held);
        }
    }

    /// <summary>A held request failed: its lines wait until the chip is back.</summary>
    public void Lost(HeldLines held, LinuxException cause)
    {
        Release(held);
        var nowMs = KernelClock.RealtimeNs / 1_000_000;
        foreach (var line in held.Lines)
        {
            Refuse(line, cause, nowMs);
        }

        _retry = FirstRetry;
        ScheduleRetry();
    }

    public void CountEdges(int seen, long lost)
    {
        _counters.Edges += seen;
        if (lost > 0)
        {
            _counters.EdgesLost += lost;
            BoardLog.EdgesLost(_logger, _chip, lost, _counters.EdgesLost, _options.EventBufferSize);
        }
    }

    private void Acquire()
    {
        var waiting = _lines.Where(l => !l.IsHeld).ToArray();
        if (waiting.Length == 0)
        {
            return;
        }

        try
        {
            using var chip = GpioChip.Find(_chip);
            RequestAll(chip, waiting);
        }
        catch (LinuxException e)
        {
            var nowMs = KernelClock.RealtimeNs / 1_000_000;
            foreach (var line in waiting.Where(l => !l.IsHeld))
            {
                Refuse(line, e, nowMs);
            }
        }

        if (_lines.All(l => l.IsHeld))
        {
            _retry = FirstRetry;
        }
        else
        {
            ScheduleRetry();
        }
    }

    private void RequestAll(GpioChip chip, IEnumerable<BoardLine> waiting)
    {
        var found = new List<(BoardLine Line, GpioLineSettings Settings)>();
        foreach (var line in waiting)
        {
            try
            {
                var settings = line.Settings(chip.FindLine(line.Options.Line));
                if (chip.Line(settings.Offset).IsUsed)
                {
                    // A request of many lines fails as a whole: the one that is taken is tried by itself, for its own error.
                    Request(chip, [(line, settings)]);
                }
                else
                {
                    found.Add((line, settings));
                }
            }
            catch (LinuxException e)
            {
                Refuse(line, e, KernelClock.RealtimeNs / 1_000_000);
            }
        }

        // Outputs apart, so that trouble with an input never lets go of an output; polled lines apart by their interval.
        foreach (var group in found.GroupBy(f => (f.Line.IsOutput, f.Line.Options.Poll)))
        {
            var rest = group.ToList();
            while (rest.Count > 0)
            {
                var fits = GpioRequestPlan.Fits(rest.ConvertAll(r => r.Settings), _options.EventClock);
                RequestOrSplit(chip, rest[..fits]);
                rest = rest[fits..];
            }
        }
    }

    private void RequestOrSplit(GpioChip chip, List<(BoardLine Line, GpioLineSettings Settings)> lines)
    {
        try
        {
            Request(chip, lines);
        }
        catch (LinuxException e) when (lines.Count > 1)
        {
            BoardLog.RequestSplit(_logger, e.Message);
            foreach (var line in lines)
            {
                RequestOrSplit(chip, [line]);
            }
        }
        catch (LinuxException e)
        {
            Refuse(lines[0].Line, e, KernelClock.RealtimeNs / 1_000_000);
        }
    }

    private void Request(GpioChip chip, List<(BoardLine Line, GpioLineSettings Settings)> lines)
    {
        var request = chip.Request(lines.ConvertAll(l => l.Settings), _options.Consumer, _options.EventClock, _options.EventBufferSize);
        var held = new HeldLines(this, request, lines.ConvertAll(l => l.Line), _options.EventClock);
        for (var i = 0; i < lines.Count; i++)
        {
            lines[i].Line.Attach(request, i);
        }

        _held.Add(held);
        held.LoopKey = _loop.Add(request.File, held);
        BoardLog.LinesHeld(_logger, lines.Count, chip.ToString());
        if (!Guarded(held, held.Announce))
        {
            return;
        }

        if (held.Poll is { } interval)
        {
            _loop.After(interval, () => PollAgain(held, interval));
        }
    }

    private void PollAgain(HeldLines held, TimeSpan interval)
    {
        if (_held.Contains(held) && Guarded(held, held.ReadValues))
        {
            _loop.After(interval, () => PollAgain(held, interval));
        }
    }

    private void Check()
    {
        foreach (var held in _held.ToArray())
        {
            Guarded(held, () => held.Request.Get());
        }

        _loop.After(CheckInterval, Check);
    }

    private bool Guarded(HeldLines held, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (LinuxException e)
        {
            Lost(held, e);
            return false;
        }
    }

    private void MakeSafe(HeldLines held)
    {
        foreach (var line in held.Lines.Where(l => l is { IsOutput: true, Safe: not null }))
        {
            try
            {
                line.Set(line.Safe!.Value);
            }
            catch (IOException e)
            {
                BoardLog.NotMadeSafe(_logger, line.Use, e.Message);
            }
        }
    }

    private void Release(HeldLines held)
    {
        _held.Remove(held);
        _loop.Remove(held.LoopKey, held.Request.File);
        foreach (var line in held.Lines)
        {
            line.Detach();
        }

        held.Request.Dispose();
    }

    private void Refuse(BoardLine line, LinuxException cause, long nowMs)
    {
        _counters.Refusals++;
        if (line.Refusal != cause.Message)
        {
            var isNews = line.Refusal is null;
            line.Refusal = cause.Message;
            BoardLog.LineRefused(_logger, line.Use, line.Options, cause.Message);
            if (isNews)
            {
                line.Handler.OnReleased(nowMs);
            }
        }
    }

    private void ScheduleRetry()
    {
        if (_retryScheduled)
        {
            return;
        }

        _retryScheduled = true;
        _loop.After(_retry, () =>
        {
            _retryScheduled = false;
            Acquire();
        });
        _retry = _retry * 2 < LongestRetry ? _retry * 2 : LongestRetry;
    }
}
