using System.Text.Json;

namespace IotTelemetry.Edge.Control;

/// <summary>Writes answers, each a line of JSON. One at a time.</summary>
/// <param name="stream">To the other side.</param>
/// <param name="giveUp">Ends a write that the other side does not take.</param>
internal sealed class ControlReply(Stream stream, CancellationToken giveUp)
{
    /// <summary>Writes one answer; it has no line feeds.</summary>
    /// <exception cref="IOException">The other side is gone.</exception>
    /// <exception cref="OperationCanceledException">The other side did not read in time.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> json)
    {
        await stream.WriteAsync(json, giveUp);
        await stream.WriteAsync("\n"u8.ToArray(), giveUp);
    }

    /// <summary>Says why there is no other answer.</summary>
    public Task ProblemAsync(string problem) => WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new ControlProblem(problem), ControlJson.Default.ControlProblem));
}
