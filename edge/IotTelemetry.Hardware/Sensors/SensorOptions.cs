namespace IotTelemetry.Hardware.Sensors;

/// <summary>One sensor or output of an asset.</summary>
public abstract record SensorOptions
{
    /// <summary>Where it is wired, in the installer's words; goes to the wiring table.</summary>
    public string? Note { get; init; }

    /// <summary>The GPIO lines it takes, with what each is for; for the wiring table and the check against double use.</summary>
    public virtual IEnumerable<(string Role, GpioLineOptions Line)> Lines => [];

    /// <summary>The outputs among them that have a safe value.</summary>
    public virtual IEnumerable<(GpioLineOptions Line, bool Value)> SafeLines => [];

    /// <summary>The I2C address it is read at, where it is on I2C.</summary>
    public virtual (string Bus, int Address, string Chip)? I2c => null;

    /// <summary>Makes its points and drivers.</summary>
    internal abstract void Build(BoardBuilder board, int asset);
}
