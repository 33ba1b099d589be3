using System.Globalization;
using IotTelemetry.Hardware.Qemu.Tests.Machine;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>One run of the probe in the machine, with one board.</summary>
internal sealed class ProbeSession : IAsyncDisposable
{
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(20);
    private readonly Guest _guest;
    private readonly int _start;
    private bool _ended;

    private ProbeSession(Guest guest)
    {
        _guest = guest;
        _start = guest.Probe.Mark();
    }

    public static async Task<ProbeSession> StartAsync(Guest guest, string board)
    {
        var session = new ProbeSession(guest);
        await guest.ShellAsync($"echo '{board.ReplaceLineEndings("")}' >/tmp/board.json");
        await guest.ShellAsync("/probe /tmp/board.json <>/dev/probe >&0 2>&1 & echo $! >/tmp/pid");
        await session.HeardAsync("ready");
        return session;
    }

    /// <summary>The mark at which this run began.</summary>
    public int Start => _start;

    /// <summary>A mark for <see cref="ValueAsync"/>: what was said before does not count.</summary>
    public int Now() => _guest.Probe.Mark();

    public Task<string> HeardAsync(string beginning, int? from = null) =>
        _guest.Probe.WaitAsync(l => l.StartsWith(beginning, StringComparison.Ordinal), TimeOut, from ?? _start);

    public Task<string> LoggedAsync(string part, int? from = null) =>
        _guest.Probe.WaitAsync(l => l.StartsWith("log ", StringComparison.Ordinal) && l.Contains(part, StringComparison.Ordinal), TimeOut, from ?? _start);

    /// <summary>Waits for a value of a point.</summary>
    public async Task<ProbeValue> ValueAsync(string point, double value, string quality = "Good", int? from = null) =>
        ProbeValue.Parse(await HeardAsync(string.Create(CultureInfo.InvariantCulture, $"value {point} {value:R} {quality} "), from));

    /// <summary>All values of a point so far.</summary>
    public IReadOnlyList<ProbeValue> Values(string point, int? from = null) =>
        [.. _guest.Probe.Since(from ?? _start).Where(l => l.StartsWith($"value {point} ", StringComparison.Ordinal)).Select(ProbeValue.Parse)];

    public async Task<string> AskAsync(string command)
    {
        var from = Now();
        await _guest.Probe.SendAsync(command);
        return await _guest.Probe.WaitAsync(
            l => l.StartsWith("ok", StringComparison.Ordinal) || l.StartsWith("error", StringComparison.Ordinal) || l.StartsWith("read ", StringComparison.Ordinal) || l.StartsWith("counters ", StringComparison.Ordinal),
            TimeOut,
            from);
    }

    public async Task<ProbeValue> ReadAsync(string point)
    {
        var answer = await AskAsync("read " + point);
        return answer.StartsWith("read ", StringComparison.Ordinal) ? ProbeValue.Parse(answer) : throw new InvalidOperationException(answer);
    }

    /// <summary>Edges, edges lost, refusals, echoes missed.</summary>
    public async Task<long[]> CountersAsync() =>
        [.. (await AskAsync("counters")).Split(' ').Skip(1).Select(w => long.Parse(w, CultureInfo.InvariantCulture))];

    public async Task KillAsync()
    {
        _ended = true;
        await _guest.ShellAsync("kill -9 $(cat /tmp/pid); while [ -d /proc/$(cat /tmp/pid) ]; do usleep 5000; done");
    }

    public async Task QuitAsync()
    {
        _ended = true;
        await _guest.Probe.SendAsync("quit");
        await HeardAsync("bye");
        await _guest.ShellAsync("while [ -d /proc/$(cat /tmp/pid) ]; do usleep 5000; done");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            await KillAsync();
        }
    }
}
