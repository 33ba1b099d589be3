using System.Text.Json;

namespace IotTelemetry.Edge.Control;

/// <summary>Writes answers, each a line of JSON. One at a time.</summary>
internal sealed class ControlReply(Stream stream)
{
    /// <summary>Writes one answer; it has no line feeds.</summary>
    /// <exception cref="IOException">The other side is gone.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> json)
    {
        await stream.WriteAsync(json);
        await stream.WriteAsync("\n"u8.ToArray());
    }

    /// <summary>Says why there is no other answer.</summary>
    public Task ProblemAsync(string problem) => WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new ControlProblem(problem), ControlJson.Default.ControlProblem));
}
