using System.Text.Json;

namespace IotTelemetry.Edge.Control;

/// <summary>Writes answers, each a line of JSON. One at a time.</summary>
/// <param name="stream">To the other side.</param>
/// <param name="patience">How long the other side may leave an answer unread: a program stopped with Ctrl-Z must not keep its connection for ever.</param>
/// <param name="giveUp">Ends a write that the other side does not take.</param>
internal sealed class ControlReply(Stream stream, TimeSpan patience, CancellationToken giveUp)
{
    /// <summary>Writes one answer; it has no line feeds.</summary>
    /// <exception cref="IOException">The other side is gone.</exception>
    /// <exception cref="OperationCanceledException">The other side did not read in time.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> json)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        either.CancelAfter(patience);
        await stream.WriteAsync(json, either.Token);
        await stream.WriteAsync("\n"u8.ToArray(), either.Token);
    }

    /// <summary>Says why there is no other answer.</summary>
    public Task ProblemAsync(string problem) => WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new ControlProblem(problem), ControlJson.Default.ControlProblem));
}
