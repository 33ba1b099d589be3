using System.Net;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>Reads the addresses the service listens on.</summary>
internal static class BindAddress
{
    /// <summary>
    /// Parses <c>ADDRESS:PORT</c> (IPv6 in brackets, <c>localhost</c> allowed, port 0 lets the system choose).
    /// No authentication can be configured yet, so only loopback addresses are allowed: whoever reaches a port may write telemetry or read all of it.
    /// </summary>
    /// <exception cref="OptionException">The text is not an address, or the address is not loopback.</exception>
    public static IPEndPoint Parse(string key, string text)
    {
        string literal = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text[9..] : text;
        bool portIsGiven = literal.LastIndexOf(':') > literal.LastIndexOf(']') && (literal.StartsWith('[') || literal.AsSpan().Count(':') == 1);
        if (!portIsGiven || !IPEndPoint.TryParse(literal, out IPEndPoint? endpoint))
        {
            throw new OptionException(key, text, "allowed is ADDRESS:PORT, for example 127.0.0.1:1883 or [::1]:1883; port 0 takes a free one");
        }

        if (!IPAddress.IsLoopback(endpoint.Address))
        {
            throw new OptionException(key, text, "only loopback addresses are allowed while no authentication is configured, for example 127.0.0.1:1883");
        }

        return endpoint;
    }
}
