using System.Buffers;

namespace IotTelemetry.Protocol;

/// <summary>
/// A gateway's own description: a header that changes from boot to boot, and a model (definitions and assets with their points) whose exact bytes give the
/// content hash that frames name.
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

    private readonly ReadOnlyMemory<byte> _model;

    private Birth(BirthHeader header, BirthModel model, BirthPoint[] points, ReadOnlyMemory<byte> bytes)
        : this(header, model.Definitions, model.Assets, points, HashOf(bytes.Span), bytes)
    {
    }

    private Birth(BirthHeader header, IReadOnlyList<PointDefinition> definitions, IReadOnlyList<Asset> assets, IReadOnlyList<BirthPoint> points,
        BirthHash hash, ReadOnlyMemory<byte> model)
    {
        Header = header;
        Definitions = definitions;
        Assets = assets;
        Points = points;
        Hash = hash;
        _model = model;
        Layout = new FrameLayout(definitions, points);
    }

    private Birth(BirthHeader header, Birth other)
    {
        Header = header;
        Definitions = other.Definitions;
        Assets = other.Assets;
        Points = other.Points;
        Hash = other.Hash;
        _model = other._model;
        Layout = other.Layout;
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

    /// <summary>What frames need to know of the points, as plain arrays.</summary>
    internal FrameLayout Layout { get; }

    /// <summary>A birth of its parts.</summary>
    /// <exception cref="ArgumentException">A name, alias, limit or combination is not allowed; the message says which.</exception>
    public static Birth Create(BirthHeader header, IReadOnlyList<PointDefinition> definitions, IReadOnlyList<Asset> assets)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(definitions);
        ArgumentNullException.ThrowIfNull(assets);
        BirthModel model = new() { Definitions = definitions, Assets = assets };
        try
        {
            BirthRules.Check(header);
            BirthPoint[] points = BirthRules.Check(model);
            return new Birth(header, model, points, MessageJson.Write(model, WireJson.Context.BirthModel));
        }
        catch (MessageFormatException exception)
        {
            throw new ArgumentException(exception.Message, exception);
        }
    }

    /// <summary>The same model with another header, so with the same hash; shares the model.</summary>
    /// <exception cref="ArgumentException">A field of the header is not allowed.</exception>
    public Birth WithHeader(BirthHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        try
        {
            BirthRules.Check(header);
        }
        catch (MessageFormatException exception)
        {
            throw new ArgumentException(exception.Message, nameof(header), exception);
        }
        return new Birth(header, this);
    }

    /// <summary>Writes the birth as it goes over the wire; the model byte for byte as it was decoded.</summary>
    public void Encode(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        MessageJson.Write(output, BirthLine.Of(Header, Hash), WireJson.Context.BirthLine);
        output.Write("\n"u8);
        output.Write(_model.Span);
    }

    /// <summary>The birth as it goes over the wire.</summary>
    public byte[] Encode()
    {
        ArrayBufferWriter<byte> output = new(_model.Length + 512);
        Encode(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a birth and checks everything in it, the hash too.</summary>
    /// <exception cref="MessageFormatException">It is refused; the reason and the message say why.</exception>
    public static Birth Decode(ReadOnlySpan<byte> payload)
    {
        int end = payload.IndexOf((byte)'\n');
        ReadOnlySpan<byte> first = end < 0 ? payload : payload[..end];
        BirthLine line = MessageJson.Read(first, WireJson.Context.BirthLine, "first line of the birth");
        BirthHeader header = line.ToHeader();
        BirthRules.Check(header);
        if (end < 0)
        {
            throw new MessageFormatException(RefusalReason.Truncated, "The birth ends with its first line; the model is missing.");
        }

        ReadOnlySpan<byte> rest = payload[(end + 1)..];
        BirthHash hash = HashOf(rest);
        if (hash != line.Hash)
        {
            throw new MessageFormatException(RefusalReason.Checksum, $"The birth says its hash is {line.Hash}, but that of its model is {hash}.");
        }
        BirthModel model = MessageJson.ReadPart(rest, WireJson.Context.BirthModel, "model of the birth", MaximumBytes);
        return new Birth(header, model, BirthRules.Check(model), rest.ToArray());
    }

    /// <summary>The content hash of a model's exact bytes.</summary>
    public static BirthHash HashOf(ReadOnlySpan<byte> model) => new(Fnv1a.Compute(model));
}
