namespace IotTelemetry.Hardware.Linux;

/// <summary>Takes what an <see cref="EpollLoop"/> sees on one descriptor. Called on the loop's thread.</summary>
internal interface IEpollHandler
{
    /// <summary>The descriptor is readable, or in error (<paramref name="hungUp"/>). Must not throw: a fault is the handler's own to report and retry.</summary>
    void OnReady(bool hungUp);
}
