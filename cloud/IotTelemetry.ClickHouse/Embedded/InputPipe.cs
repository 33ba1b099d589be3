using System.IO.Pipes;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>A pipe of the system from which the engine reads rows, as from a file, while they arrive.</summary>
internal sealed class InputPipe : IDisposable
{
    private const int CapacityBytes = 1 << 20;
    private readonly AnonymousPipeServerStream _writer = new(PipeDirection.Out, HandleInheritability.None, CapacityBytes);

    public InputPipe() => Path = $"/proc/self/fd/{_writer.ClientSafePipeHandle.DangerousGetHandle()}";

    /// <summary>Under this name the engine opens the reading end.</summary>
    public string Path { get; }

    /// <summary>The engine reads no more: what is being written fails. After the statement has ended.</summary>
    public void EndReading() => _writer.DisposeLocalCopyOfClientHandle();

    /// <summary>Writes; false when the engine reads no more.</summary>
    public async ValueTask<bool> TryWriteAsync(ReadOnlyMemory<byte> rows, CancellationToken cancellationToken)
    {
        try
        {
            await _writer.WriteAsync(rows, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The engine meets the end of the rows.</summary>
    public void Dispose() => _writer.Dispose();
}
