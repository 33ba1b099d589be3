using System.Buffers;

namespace IotTelemetry.Edge.Outbox;

/// <summary>A closed frame that can be written once its place in the outbox is known: epoch and sequence number stand inside it.</summary>
internal interface IFrameSource
{
    /// <summary>How many readings it holds.</summary>
    int Readings { get; }

    /// <summary>Writes the frame. Called under the outbox's lock: no waiting in here.</summary>
    void WriteFrame(ulong epoch, ulong seq, IBufferWriter<byte> output);
}
