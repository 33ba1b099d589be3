namespace IotTelemetry.Protocol;

/// <summary>The part of a birth that changes from boot to boot, and that the content hash therefore leaves out.</summary>
public sealed record BirthHeader
{
    /// <summary>Whose birth it is.</summary>
    public required GatewayId Gateway { get; init; }

    /// <summary>The version of the gateway's software, at most 128 characters.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>The board it runs on, at most 128 characters.</summary>
    public required string Board { get; init; }

    /// <summary>Differs from boot to boot (on Linux <c>/proc/sys/kernel/random/boot_id</c>), at most 64 characters.</summary>
    public required string BootId { get; init; }

    /// <summary>The epoch that live frames flow in.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Older epochs that still drain, oldest first; null for none.</summary>
    public IReadOnlyList<ulong>? Draining { get; init; }
}
