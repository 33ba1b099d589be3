using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>A driver with something of its own to do on the board's loop, by timers or by its own descriptor.</summary>
internal interface ILoopTask : IDisposable
{
    /// <summary>Begins; called once, on the loop's thread before it runs.</summary>
    void Start(EpollLoop loop);
}
