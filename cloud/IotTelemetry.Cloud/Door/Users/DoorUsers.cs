using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Door.Users;

/// <summary>
/// Who may come in. A wrong password, and a user that does not exist, cost the same time: one derivation. One derivation runs at a time, so that guessing takes one core
/// at most; a password that was right once is remembered as an HMAC under a key of this process, since clients send it with every request. Thread-safe.
/// </summary>
internal sealed class DoorUsers(IReadOnlyList<DoorUser> users, ILogger<DoorUsers> logger) : IDisposable
{
    // Stands in for users that do not exist.
    private static readonly PasswordHash Nobody = PasswordHash.Parse(
        "pbkdf2-sha256$600000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");

    private readonly Dictionary<string, DoorUser> _users = users.ToDictionary(user => user.Name, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> _proven = new(StringComparer.Ordinal);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly SemaphoreSlim _deriving = new(1);
    private long _refused;

    /// <summary>Requests refused since the start, for a wrong name or password.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>All users.</summary>
    public IReadOnlyCollection<DoorUser> All => _users.Values;

    /// <summary>The user of a request.</summary>
    /// <param name="credentials">What the request says.</param>
    /// <param name="passwordIsRequired">Users without a password are refused.</param>
    /// <param name="from">The client's address, for the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QueryRefusedException">Codes 194 and 516: nobody, or not with this password.</exception>
    public async Task<DoorUser> AuthenticateAsync(Credentials credentials, bool passwordIsRequired, string from, CancellationToken cancellationToken)
    {
        DoorUser? user = _users.GetValueOrDefault(credentials.User);
        if (user is { Password: null } && !passwordIsRequired && credentials.Password.Length == 0)
        {
            return user;
        }

        if (!credentials.AreGiven)
        {
            Interlocked.Increment(ref _refused);
            throw QueryRefusedException.PasswordRequired();
        }

        byte[] proof = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{credentials.User}\n{credentials.Password}"));
        if (user is { Password: not null } && _proven.TryGetValue(user.Name, out byte[]? proven) && CryptographicOperations.FixedTimeEquals(proof, proven))
        {
            return user;
        }

        bool right = await DeriveAsync(user?.Password ?? Nobody, credentials.Password, cancellationToken);
        if (user is not { Password: not null } || !right)
        {
            CloudLog.LoginRefused(logger, credentials.User, from, Interlocked.Increment(ref _refused));
            throw QueryRefusedException.Authentication($"{credentials.User}: Authentication failed: password is incorrect, or there is no user with such name");
        }

        _proven[user.Name] = proof;
        return user;
    }

    public void Dispose() => _deriving.Dispose();

    private async Task<bool> DeriveAsync(PasswordHash hash, string password, CancellationToken cancellationToken)
    {
        await _deriving.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => hash.Matches(password), CancellationToken.None);
        }
        finally
        {
            _deriving.Release();
        }
    }
}
