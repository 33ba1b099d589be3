using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Hardware.Tests;

namespace IotTelemetry.Edge.Tests.Supervision;

public sealed class CaretakerTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TempDirectory _directory = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero));
    private readonly RecordingLog _log = new();
    private readonly FaultBook _faults;
    private readonly Liveness _liveness;
    private readonly ServiceManager _manager;
    private readonly ServiceNotifier _service;

    public CaretakerTests()
    {
        _faults = new FaultBook(new ManualClock(_time));
        _liveness = new Liveness(_time);
        _manager = new ServiceManager(Path.Combine(_directory.Path, "notify"));
        _service = new ServiceNotifier(_manager.Address, 4 * Interval, _log);
    }

    private string Device => Path.Combine(_directory.Path, "watchdog");

    public void Dispose()
    {
        _service.Dispose();
        _manager.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Manager_is_told_that_the_agent_lives_only_while_every_loop_goes_round()
    {
        var good = _liveness.Add("good");
        var bad = _liveness.Add("bad");
        bad.BackWithin(Interval);
        await using var caretaker = Start();
        Assert.Equal("STATUS=fine", await _manager.HearAsync());
        Assert.Equal("WATCHDOG=1", await _manager.HearAsync());
        await _time.AdvanceAsync(Interval + Liveness.Patience);
        good.BackWithin(Interval);
        Assert.Equal("WATCHDOG=1", await _manager.HearAsync());

        await _time.AdvanceAsync(Interval);
        await _time.AdvanceAsync(Interval);
        bad.BackWithin(Interval);
        await _time.AdvanceAsync(Interval);
        Assert.Equal("STATUS=the bad loop is stuck", await _manager.HearAsync());
        Assert.Equal("STATUS=fine", await _manager.HearAsync());
        Assert.Equal("WATCHDOG=1", await _manager.HearAsync());
        Assert.Single(_log.Lines, l => l.Contains("bad loop has been stuck", StringComparison.Ordinal));
    }

    [Fact]
    public void Loop_that_rests_is_not_stuck()
    {
        var pulse = _liveness.Add("resting");
        pulse.BackWithin(Interval);
        pulse.Rest();
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Null(_liveness.Stuck);
    }

    [Fact]
    public async Task Device_is_fed_while_the_agent_lives_and_closed_with_the_magic_letter_at_an_orderly_end()
    {
        await File.WriteAllBytesAsync(Device, []);
        await using (var caretaker = Start(withDevice: true))
        {
            await _time.AdvanceAsync(Interval);
            await _manager.HearAsync("WATCHDOG=1");
            await _manager.HearAsync("WATCHDOG=1");
            await caretaker.LeaveAsync();
        }

        var written = await File.ReadAllBytesAsync(Device);
        Assert.True(written.Length >= 3, "fed at the start and after a second, then disarmed");
        Assert.Equal((byte)'V', written[^1]);
        Assert.All(written[..^1], b => Assert.Equal(0, b));
    }

    [Fact]
    public async Task Device_is_left_armed_by_an_agent_that_fails()
    {
        await File.WriteAllBytesAsync(Device, []);
        await using (Start(withDevice: true))
        {
            await _manager.HearAsync("WATCHDOG=1");
        }

        Assert.DoesNotContain((byte)'V', await File.ReadAllBytesAsync(Device));
    }

    [Fact]
    public async Task Device_that_is_not_there_yet_is_told_once_and_tried_again()
    {
        await using var caretaker = Start(withDevice: true);
        await _time.AdvanceAsync(Interval);
        await _manager.HearAsync("WATCHDOG=1");
        await _manager.HearAsync("WATCHDOG=1");
        Assert.Contains("does not watch", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.Equal("watchdog", Assert.Single(_faults.List()!).Part);

        await File.WriteAllBytesAsync(Device, []);
        await _time.AdvanceAsync(Interval);
        await _manager.HearAsync("WATCHDOG=1");
        await caretaker.LeaveAsync();
        Assert.NotEmpty(await File.ReadAllBytesAsync(Device));
        Assert.Null(_faults.List());
    }

    private Caretaker Start(bool withDevice = false) =>
        Caretaker.Start(_liveness, _service, withDevice ? new WatchdogOptions(Device, TimeSpan.FromSeconds(60)) : null, () => "fine", _faults, _time, _log);
}
