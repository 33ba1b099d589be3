namespace IotTelemetry.Edge.Tests;

internal enum ProxyFault
{
    None,

    /// <summary>Every connection is closed at once.</summary>
    Refuses,

    /// <summary>Some 50 kB/s, in pieces of 256 bytes.</summary>
    Crawls,

    /// <summary>Each connection breaks after a random number of bytes of the device, most often within a packet.</summary>
    BreaksInMidPacket,
}
