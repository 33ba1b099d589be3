namespace IotTelemetry.ClickHouse.Server;

/// <summary>Whether bodies are compressed (gzip) on their way to and from a server.</summary>
public enum ServerCompression
{
    /// <summary>When it pays: bodies of 16 KiB and more, unless the server is on this machine, where gzip costs more than it saves.</summary>
    WhenItPays,

    /// <summary>Never.</summary>
    Never,

    /// <summary>Always.</summary>
    Always,
}
