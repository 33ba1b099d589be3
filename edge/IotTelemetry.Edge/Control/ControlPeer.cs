using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;

namespace IotTelemetry.Edge.Control;

/// <summary>Who is at the other end of the control socket, as the kernel says.</summary>
/// <param name="UserId">The number of the user.</param>
internal readonly record struct ControlPeer(uint UserId)
{
    // asm-generic/socket.h; struct ucred of sys/socket.h: pid, uid, gid.
    private const int SolSocket = 1;
    private const int SoPeerCredentials = 17;
    private const int CredentialsBytes = 12;
    private const int LongestName = 64;

    public static ControlPeer Of(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialsBytes];
        socket.GetRawSocketOption(SolSocket, SoPeerCredentials, credentials);
        return new ControlPeer(BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]));
    }

    /// <summary>Whoever runs this process.</summary>
    public static ControlPeer Self()
    {
        var status = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        return new ControlPeer(status is not null && uint.TryParse(status.Split('\t')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var user) ? user : uint.MaxValue);
    }

    /// <summary>The author of what this user does: <c>local:anna</c>, or <c>local:anna (root)</c> when root acts for her.</summary>
    /// <param name="sudoUser">For whom root says to act; null for nobody.</param>
    public string Author(string? sudoUser)
    {
        var name = NameOf(UserId);
        return UserId == 0 && sudoUser is { Length: > 0 and <= LongestName } ? $"local:{sudoUser} ({name})" : $"local:{name}";
    }

    private static string NameOf(uint user)
    {
        // passwd(5): name:password:uid:…; users of a directory service are told by their number.
        foreach (var line in File.Exists("/etc/passwd") ? File.ReadLines("/etc/passwd") : [])
        {
            var fields = line.Split(':');
            if (fields.Length > 2 && fields[2] == user.ToString(CultureInfo.InvariantCulture) && fields[0].Length is > 0 and <= LongestName)
            {
                return fields[0];
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"uid {user}");
    }
}
