using System.Text.Json;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Door.Users;

/// <summary>The configured users: <c>{ "users": [ { "name": "analyst", "role": "analyst", "password": "pbkdf2-sha256$…", "limits": { "maximumSeconds": 60 } } ] }</c>.</summary>
internal static class UsersFile
{
    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="OptionException">The file cannot be read, or a value is not allowed.</exception>
    public static IReadOnlyList<DoorUser> Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            UserList list = JsonSerializer.Deserialize(file, UsersJson.Default.UserList)!;
            List<DoorUser> users = [.. list.Users.Select(entry => User(path, entry))];
            return users.Count > 0 && users.DistinctBy(user => user.Name).Count() == users.Count
                ? users
                : throw new OptionException("--users", path, "allowed are one or more users, each name once");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new OptionException("--users", path, $"allowed is a file of users as cloud/README.md shows it: {e.Message}");
        }
    }

    private static DoorUser User(string path, UserEntry entry)
    {
        if (entry.Name.Length is 0 or > 64 || !entry.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '@'))
        {
            throw new OptionException($"{path}: name", entry.Name, "allowed are 1 to 64 letters, digits and _ - . @");
        }

        if (entry.Role != DoorRole.Analyst && entry.Password is null)
        {
            throw new OptionException($"{path}: password of user {entry.Name}", "", "who may insert or switch needs a password");
        }

        DoorLimits limits = entry.Limits ?? (entry.Role == DoorRole.Ingest ? DoorLimits.OfIngest : new DoorLimits());
        limits.Validate(entry.Name);
        try
        {
            return new DoorUser(entry.Name, entry.Role, entry.Password is null ? null : PasswordHash.Parse(entry.Password), limits);
        }
        catch (FormatException e)
        {
            throw new OptionException($"{path}: password of user {entry.Name}", "(not shown)", e.Message);
        }
    }
}
