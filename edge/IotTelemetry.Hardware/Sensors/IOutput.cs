namespace IotTelemetry.Hardware.Sensors;

/// <summary>Sets one settable point; from any thread.</summary>
internal interface IOutput
{
    /// <exception cref="IOException">The line is not held, or the chip refused.</exception>
    void Write(double value);
}
