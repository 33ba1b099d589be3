using System.Buffers;

namespace IotTelemetry.Protocol;

/// <summary>
/// A gateway's own description: a header that changes from boot to boot, and a model (definitions and assets with their points) whose exact bytes give the content hash that frames name.
/// Immutable and thread-safe. SPECIFICATION.md, section 4.
/// </summary>
public sealed class Birth
{
    /// <summary>The greatest size of an encoded birth, in bytes: 64 MiB.</summary>
    public const int MaximumBytes = 64 * 1024 * 1024;

    /// <summary>The greatest number of points.</summary>
    public const int MaximumPoints = 1 << 20;

    /// <summary>The greatest number of definitions.</summary>
    public const int MaximumDefinitions = 4096;

    private Birth(BirthHeader header, IReadOnlyList<PointDefinition> definitions, IReadOnlyList<Asset> assets, IReadOnlyList<BirthPoint> points, BirthHash hash)
    {
        Header = header;
        Definitions = definitions;
        Assets = assets;
        Points = points;
        Hash = hash;
    }

    /// <summary>What changes from boot to boot.</summary>
    public BirthHeader Header { get; }

    /// <summary>What points have in common.</summary>
    public IReadOnlyList<PointDefinition> Definitions { get; }

    /// <summary>The assets.</summary>
    public IReadOnlyList<Asset> Assets { get; }

    /// <summary>All points by alias: <c>Points[i].Alias == i</c>.</summary>
    public IReadOnlyList<BirthPoint> Points { get; }

    /// <summary>The content hash of the model.</summary>
    public BirthHash Hash { get; }

    /// <summary>A birth of its parts.</summary>
    /// <exception cref="ArgumentException">A name, alias, limit or combination is not allowed; the message says which.</exception>
    public static Birth Create(BirthHeader header, IReadOnlyList<PointDefinition> definitions, IReadOnlyList<Asset> assets)
    {
        _ = new Birth(header, definitions, assets, [], default);
        throw new NotImplementedException();
    }

    /// <summary>The same model with another header, so with the same hash; costs nothing.</summary>
    public Birth WithHeader(BirthHeader header) => new(header, Definitions, Assets, Points, Hash);

    /// <summary>Writes the birth as it goes over the wire.</summary>
    public void Encode(IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>The birth as it goes over the wire.</summary>
    public byte[] Encode()
    {
        ArrayBufferWriter<byte> output = new();
        Encode(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a birth and checks everything in it, the hash too.</summary>
    /// <exception cref="MessageFormatException">It is refused; the reason and the message say why.</exception>
    public static Birth Decode(ReadOnlySpan<byte> payload) => throw new NotImplementedException();
}
