namespace IotTelemetry.Hardware.Sensors.Configuration;

/// <summary>A board section is wrong: each mistake names the key, the value and what is allowed.</summary>
public sealed class BoardConfigurationException(params IReadOnlyList<BoardMistake> mistakes) : Exception(string.Join(Environment.NewLine, mistakes))
{
    /// <summary>All of them, at least one.</summary>
    public IReadOnlyList<BoardMistake> Mistakes { get; } = mistakes;
}
