using System.IO.Pipes;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>
/// A pipe of the system into which the engine writes a result, as into a file: so every format streams, encoded by the engine as one document, and a slow
/// reader slows the statement down. Closing the reading end makes the engine's next write fail, which ends the statement.
/// </summary>
internal sealed class OutputPipe : IDisposable
{
    // The engine writes pieces up to 1 MiB; the system's default of 64 KiB costs a third of the throughput. More than 1 MiB needs privileges.
    private const int CapacityBytes = 1 << 20;
    private readonly AnonymousPipeServerStream _reader = new(PipeDirection.In, HandleInheritability.None, CapacityBytes);

    public OutputPipe() => Path = $"/proc/self/fd/{_reader.ClientSafePipeHandle.DangerousGetHandle()}";

    /// <summary>Under this name the engine opens the writing end.</summary>
    public string Path { get; }

    /// <summary>Nothing more is written: the reader meets the end. After the statement has ended.</summary>
    public void EndInput() => _reader.DisposeLocalCopyOfClientHandle();

    /// <summary>Bytes were read.</summary>
    public bool HasGiven { get; private set; }

    /// <summary>The next bytes; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read = await _reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        HasGiven |= read > 0;
        return read;
    }

    public void Dispose() => _reader.Dispose();
}
