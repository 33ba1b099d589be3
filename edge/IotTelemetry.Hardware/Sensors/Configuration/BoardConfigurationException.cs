namespace IotTelemetry.Hardware.Sensors.Configuration;

/// <summary>A board section is wrong: the message names the key, the value and what is allowed.</summary>
public sealed class BoardConfigurationException(string key, string problem) : Exception($"{key}: {problem}")
{
    /// <summary>The key's path, such as <c>board.assets[3].sensors[0].line.bias</c>.</summary>
    public string Key { get; } = key;

    /// <summary>What is wrong and what is allowed.</summary>
    public string Problem { get; } = problem;
}
