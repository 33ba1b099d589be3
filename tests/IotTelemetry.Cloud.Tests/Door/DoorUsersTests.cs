using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Door;

public sealed class DoorUsersTests : IDisposable
{
    private static readonly PasswordHash Secret = PasswordHash.Create("secret");
    private readonly DoorUsers _users = new(
        [new("default", DoorRole.Analyst, null, new DoorLimits()), new("ingest", DoorRole.Ingest, Secret, new DoorLimits())], NullLogger<DoorUsers>.Instance);

    private readonly string _file = Path.GetTempFileName();

    public void Dispose()
    {
        _users.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public void Hash_is_read_back_and_has_a_salt()
    {
        PasswordHash read = PasswordHash.Parse(Secret.ToString());

        Assert.True(read.Matches("secret"));
        Assert.False(read.Matches("Secret"));
        Assert.NotEqual(Secret.ToString(), PasswordHash.Create("secret").ToString());
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("pbkdf2-sha256$600000$AAAA$AAAA")]
    [InlineData("pbkdf2-sha256$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("md5$600000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Other_texts_are_no_hash(string text) => Assert.Throws<FormatException>(() => PasswordHash.Parse(text));

    [Fact]
    public async Task Right_password_comes_in_again_and_again()
    {
        Assert.Equal(DoorRole.Ingest, (await AskAsync("ingest", "secret")).Role);
        Assert.Equal(DoorRole.Ingest, (await AskAsync("ingest", "secret", passwordIsRequired: true)).Role);
        Assert.Equal(0, _users.Refused);
    }

    [Fact]
    public async Task Wrong_password_and_unknown_user_are_refused_alike_and_counted()
    {
        await AskAsync("ingest", "secret");

        string wrong = (await Assert.ThrowsAsync<QueryRefusedException>(() => AskAsync("ingest", "wrong"))).Message;
        string unknown = (await Assert.ThrowsAsync<QueryRefusedException>(() => AskAsync("nobody", "wrong"))).Message;

        Assert.Equal(wrong, unknown.Replace("nobody", "ingest", StringComparison.Ordinal));
        Assert.Equal(2, _users.Refused);
    }

    [Fact]
    public async Task User_without_password_is_refused_where_one_is_required_and_with_one_everywhere()
    {
        Assert.Equal("default", (await AskAsync("default", "", isGiven: false)).Name);
        Assert.Equal(194, (await Assert.ThrowsAsync<QueryRefusedException>(() => AskAsync("default", "", isGiven: false, passwordIsRequired: true))).Code);
        Assert.Equal(516, (await Assert.ThrowsAsync<QueryRefusedException>(() => AskAsync("default", "", passwordIsRequired: true))).Code);
        Assert.Equal(516, (await Assert.ThrowsAsync<QueryRefusedException>(() => AskAsync("default", "any"))).Code);
    }

    [Fact]
    public void File_gives_users_and_what_it_leaves_out_has_its_default()
    {
        File.WriteAllText(_file, $$"""{ "users": [ { "name": "a", "role": "analyst", "limits": { "maximumSeconds": 7 } }, { "name": "i", "role": "ingest", "password": "{{Secret}}" } ] }""");

        IReadOnlyList<DoorUser> users = UsersFile.Read(_file);

        Assert.Equal(new DoorLimits(MaximumSeconds: 7), users[0].Limits);
        Assert.Equal(DoorLimits.OfIngest, users[1].Limits);
        Assert.Null(users[0].Password);
        Assert.True(users[1].Password!.Matches("secret"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{ \"users\": [] }")]
    [InlineData("{ \"users\": [ { \"name\": \"a\" } ] }")]
    [InlineData("{ \"users\": [ { \"name\": \"a\", \"role\": \"king\" } ] }")]
    [InlineData("{ \"users\": [ { \"name\": \"a b\", \"role\": \"analyst\" } ] }")]
    [InlineData("{ \"users\": [ { \"name\": \"a\", \"role\": \"ingest\" } ] }")]
    [InlineData("{ \"users\": [ { \"name\": \"a\", \"role\": \"analyst\", \"password\": \"secret\" } ] }")]
    [InlineData("{ \"users\": [ { \"name\": \"a\", \"role\": \"analyst\", \"limits\": { \"maximumSeconds\": 0 } } ] }")]
    [InlineData("{ \"users\": [ { \"name\": \"a\", \"role\": \"analyst\" }, { \"name\": \"a\", \"role\": \"analyst\" } ] }")]
    public void Wrong_file_is_refused_by_name(string content)
    {
        File.WriteAllText(_file, content);
        Assert.Throws<OptionException>(() => UsersFile.Read(_file));
    }

    private Task<DoorUser> AskAsync(string user, string password, bool isGiven = true, bool passwordIsRequired = false) =>
        _users.AuthenticateAsync(new Credentials(user, password, isGiven), passwordIsRequired, "test", CancellationToken.None);
}
