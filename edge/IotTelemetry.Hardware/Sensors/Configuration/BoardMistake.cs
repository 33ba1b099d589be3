namespace IotTelemetry.Hardware.Sensors.Configuration;

/// <summary>One thing that is wrong in a board section.</summary>
/// <param name="Key">The key's path, such as <c>board.assets[3].sensors[0].line.bias</c>.</param>
/// <param name="Problem">What is wrong and what is allowed.</param>
public sealed record BoardMistake(string Key, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}: {Problem}";
}
