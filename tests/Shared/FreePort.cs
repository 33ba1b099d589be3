using System.Net;
using System.Net.Sockets;

namespace IotTelemetry;

/// <summary>
/// Ports of the loopback for programs that are told theirs before they listen, or that come back on the one they had. They lie below those that systems give to port 0 and to outgoing connections (on Linux from
/// 32,768, ip(7)), so that nobody else is given them meanwhile. Thread-safe.
/// </summary>
internal static class FreePort
{
    private const int First = 15_000;
    private const int Count = 17_000;

    private static uint _next = (uint)Random.Shared.Next(Count);

    /// <summary>A port where nobody listens, another one each time.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static int Take()
    {
        for (var attempt = 0; attempt < Count; attempt++)
        {
            var port = First + (int)(Interlocked.Increment(ref _next) % Count);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // The next one.
            }
        }

        throw new InvalidOperationException($"no port of the loopback from {First} to {First + Count - 1} is free");
    }
}
