using System.Text.Json;

namespace IotTelemetry.Edge.Control;

/// <summary>What somebody at the gateway asks the running agent: one line of JSON over the control socket.</summary>
internal sealed record ControlRequest
{
    /// <summary>What is wanted, such as <c>set</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>The address <c>asset/point</c>, for verbs about a point.</summary>
    public string? Point { get; init; }

    /// <summary>The value to set: a boolean, a number or a text.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>Why, for the journal.</summary>
    public string? Reason { get; init; }

    /// <summary>For whom root acts, as sudo tells it; believed of root alone.</summary>
    public string? SudoUser { get; init; }
}
