using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IotTelemetry.Cloud.Door.Users;

/// <summary>A password as the configuration has it: <c>pbkdf2-sha256$ITERATIONS$SALT$HASH</c>, salt and hash in base64 (PBKDF2, RFC 8018).</summary>
internal sealed class PasswordHash
{
    // OWASP's figure for PBKDF2 with HMAC-SHA256.
    private const int Iterations = 600_000;
    private const int Bytes = 32;
    private const string Scheme = "pbkdf2-sha256";
    private readonly int _iterations;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash)
    {
        _iterations = iterations;
        _salt = salt;
        _hash = hash;
    }

    /// <summary>A hash of <paramref name="password"/> with a new salt.</summary>
    public static PasswordHash Create(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(16);
        return new PasswordHash(Iterations, salt, Derive(password, salt, Iterations));
    }

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static PasswordHash Parse(string text)
    {
        string[] parts = text.Split('$');
        Span<byte> salt = stackalloc byte[128];
        Span<byte> hash = stackalloc byte[128];
        return parts is [Scheme, var count, var saltText, var hashText]
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int iterations) && iterations is >= 10_000 and <= 10_000_000
            && Convert.TryFromBase64String(saltText, salt, out int saltBytes) && saltBytes >= 8
            && Convert.TryFromBase64String(hashText, hash, out int hashBytes) && hashBytes == Bytes
            ? new PasswordHash(iterations, salt[..saltBytes].ToArray(), hash[..hashBytes].ToArray())
            : throw new FormatException($"a password hash is {Scheme}$ITERATIONS$SALT$HASH, as 'iot-cloud passwd' makes it");
    }

    /// <summary>Whether it is this password; takes the same time for every wrong one (about 0.2 s).</summary>
    public bool Matches(string password) => CryptographicOperations.FixedTimeEquals(Derive(password, _salt, _iterations), _hash);

    /// <summary>The text form.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}${_iterations}${Convert.ToBase64String(_salt)}${Convert.ToBase64String(_hash)}");

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, Bytes);
}
