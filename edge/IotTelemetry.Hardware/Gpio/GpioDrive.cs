namespace IotTelemetry.Hardware.Gpio;

/// <summary>How an output drives its pin.</summary>
public enum GpioDrive
{
    /// <summary>Both levels.</summary>
    PushPull,

    /// <summary>Low only; high is left to a pull-up.</summary>
    OpenDrain,

    /// <summary>High only; low is left to a pull-down.</summary>
    OpenSource,
}
