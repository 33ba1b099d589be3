using IotTelemetry.Edge.Clock;

namespace IotTelemetry.Edge.Tests.Clock;

/// <summary>A kernel that says of its clock what the test says.</summary>
internal sealed class StubTimekeeping : ITimekeeping
{
    public bool? IsSynchronised { get; set; } = false;

    public bool HasService { get; set; }

    public Task WatchAsync(Action onSet, CancellationToken stopping) => Task.CompletedTask;
}
