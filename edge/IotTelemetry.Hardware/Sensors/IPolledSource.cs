namespace IotTelemetry.Hardware.Sensors;

/// <summary>Reads one polled point; from any thread, one call at a time.</summary>
internal interface IPolledSource : IDisposable
{
    /// <exception cref="IOException">The sensor did not answer.</exception>
    RawValue Read();
}
