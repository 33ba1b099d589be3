using System.Diagnostics;
using System.Globalization;
using IotTelemetry.Edge.Supervision;

namespace IotTelemetry.Edge.Tests.Supervision;

public sealed class ServiceNotifierTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RecordingLog _log = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Manager_hears_each_word_at_a_path_and_at_an_abstract_name(bool isAbstract)
    {
        using var manager = new ServiceManager(isAbstract ? $"@iot-edge-test-{Guid.NewGuid():N}" : Path.Combine(_directory.Path, "notify"));
        using var notifier = new ServiceNotifier(manager.Address, null, _log);
        notifier.Ready();
        notifier.Alive();
        notifier.Status("sends");
        notifier.Status("sends");
        notifier.Stopping();
        Assert.Equal("READY=1", await manager.HearAsync());
        Assert.Equal("WATCHDOG=1", await manager.HearAsync());
        Assert.Equal("STATUS=sends", await manager.HearAsync());
        Assert.Equal("STOPPING=1", await manager.HearAsync());
    }

    [Fact]
    public async Task Reload_carries_the_monotonic_time_at_which_it_began()
    {
        using var manager = new ServiceManager(Path.Combine(_directory.Path, "notify"));
        using var notifier = new ServiceNotifier(manager.Address, null, _log);
        var before = MonotonicMicroseconds();
        notifier.Reloading();
        var lines = (await manager.HearAsync()).Split('\n');
        Assert.Equal("RELOADING=1", lines[0]);
        Assert.StartsWith("MONOTONIC_USEC=", lines[1], StringComparison.Ordinal);
        Assert.InRange(long.Parse(lines[1]["MONOTONIC_USEC=".Length..], CultureInfo.InvariantCulture), before, MonotonicMicroseconds());
    }

    [Fact]
    public void Manager_that_is_gone_is_logged_once_and_stops_nothing()
    {
        using var notifier = new ServiceNotifier(Path.Combine(_directory.Path, "nobody"), null, _log);
        notifier.Ready();
        notifier.Alive();
        Assert.Contains("READY=1", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_manager_nothing_is_said()
    {
        using var notifier = new ServiceNotifier(null, TimeSpan.FromSeconds(1), _log);
        notifier.Ready();
        notifier.Stopping();
        Assert.Null(notifier.WatchdogInterval);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Socket_of_another_kind_is_told()
    {
        using var notifier = new ServiceNotifier("vsock:2:1234", null, _log);
        notifier.Ready();
        Assert.Contains("vsock:2:1234", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    private static long MonotonicMicroseconds() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
}
