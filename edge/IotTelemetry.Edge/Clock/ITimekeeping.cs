namespace IotTelemetry.Edge.Clock;

/// <summary>What the machine says of its clock.</summary>
internal interface ITimekeeping
{
    /// <summary>Whether the clock is synchronised to a time source now; null when the machine does not say.</summary>
    bool? IsSynchronised { get; }

    /// <summary>Whether a service runs that will synchronise it, so that waiting is not in vain.</summary>
    bool HasService { get; }

    /// <summary>Calls <paramref name="onSet"/> whenever the clock was set, until cancelled.</summary>
    Task WatchAsync(Action onSet, CancellationToken stopping);
}
