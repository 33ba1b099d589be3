using System.Globalization;
using IotTelemetry.Hardware.Sensors;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Hardware.Probe;

/// <summary>Says every value and log line; takes <c>set</c>, <c>read</c>, <c>stall</c>, <c>counters</c> and <c>quit</c>.</summary>
internal sealed class Conversation(TextReader input, TextWriter output) : IRawValueSink, ILogger
{
    private readonly Lock _gate = new();
    private LinuxBoard? _board;
    private int _stallMs;

    public async Task RunAsync(LinuxBoard board)
    {
        _board = board;
        using var stopping = new CancellationTokenSource();
        var running = board.RunAsync(this, stopping.Token);
        while (input.ReadLine() is { } line && line != "quit")
        {
            try
            {
                Say(Answer(line.Split(' ')));
            }
            catch (Exception e) when (e is IOException or ArgumentException)
            {
                Say("error " + e.Message);
            }
        }

        await stopping.CancelAsync();
        await running;
        Say("bye");
    }

    public void Say(string line)
    {
        lock (_gate)
        {
            output.Write(line + "\n");
            output.Flush();
        }
    }

    public void Accept(in RawValue value)
    {
        if (Interlocked.Exchange(ref _stallMs, 0) is > 0 and var stall)
        {
            Thread.Sleep(stall);
        }

        Say(Text("value", value));
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Say($"log {eventId.Id} {formatter(state, exception)}");

    private string Answer(string[] words)
    {
        switch (words)
        {
            case ["set", var point, var value]:
                _board!.Write(Index(point), double.Parse(value, CultureInfo.InvariantCulture));
                return "ok";
            case ["read", var point]:
                return Text("read", _board!.Read(Index(point)));
            case ["stall", var ms]:
                _stallMs = int.Parse(ms, CultureInfo.InvariantCulture);
                return "ok";
            case ["counters"]:
                var counters = _board!.Counters;
                return $"counters {counters.Edges} {counters.EdgesLost} {counters.Refusals} {counters.EchoesMissed}";
            default:
                return "error unknown " + string.Join(' ', words);
        }
    }

    private string Text(string what, in RawValue value)
    {
        var point = _board!.Points[value.Point];
        return string.Create(CultureInfo.InvariantCulture, $"{what} {_board.Assets[point.Asset].Id}/{point.Name} {value.Value:R} {value.Quality} {value.TimestampMs} {point.Unit}");
    }

    private int Index(string name)
    {
        for (var i = 0; i < _board!.Points.Count; i++)
        {
            if ($"{_board.Assets[_board.Points[i].Asset].Id}/{_board.Points[i].Name}" == name)
            {
                return i;
            }
        }

        throw new ArgumentException($"no point {name}");
    }
}
