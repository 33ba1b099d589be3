namespace IotTelemetry.Protocol;

/// <summary>The first line of a birth as it goes over the wire.</summary>
internal sealed record BirthLine
{
    public ProtocolVersion Version { get; init; } = ProtocolVersion.Current;

    public required BirthHash Hash { get; init; }

    public required GatewayId Gateway { get; init; }

    public required string SoftwareVersion { get; init; }

    public required string Board { get; init; }

    public required string BootId { get; init; }

    public required ulong Epoch { get; init; }

    public IReadOnlyList<ulong>? Draining { get; init; }

    public BirthHeader ToHeader() => new()
    {
        Gateway = Gateway,
        SoftwareVersion = SoftwareVersion,
        Board = Board,
        BootId = BootId,
        Epoch = Epoch,
        Draining = Draining,
    };

    public static BirthLine Of(BirthHeader header, BirthHash hash) => new()
    {
        Hash = hash,
        Gateway = header.Gateway,
        SoftwareVersion = header.SoftwareVersion,
        Board = header.Board,
        BootId = header.BootId,
        Epoch = header.Epoch,
        Draining = header.Draining,
    };
}
