using System.Text;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>Rows that come with a statement: external tables of a form.</summary>
[Collection(OneDoor.Name)]
public sealed class DoorExternalTests(DoorFixture fixture)
{
    private readonly ServiceProcess _service = fixture.Service;

    [Fact]
    public async Task Tables_of_a_form_are_there_for_their_statement_alone()
    {
        const string Address = "?query=SELECT+name,+_2.1+FROM+bays+INNER+JOIN+prices+ON+zone+%3D+_1+ORDER+BY+name&bays_structure=name+String,+zone+UInt8&prices_types=UInt8,Tuple(String,String)";
        Assert.Equal("a\t1.5\nb\t1.5\nc\t9\n", await PostAsync(Address, ("bays", "b\t1\na\t1\nc\t2\n"), ("prices", "1\t('1.5','x')\n2\t('9','y')\n")));
        Assert.StartsWith("Code: 60.", await PostAsync("?query=SELECT+*+FROM+bays"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_are_gone_after_a_statement_that_failed_and_leave_a_session_as_it_was()
    {
        const string Table = "&session_id=external&ext_types=UInt8";
        Assert.StartsWith("Code: 395.", await PostAsync($"?query=SELECT+throwIf(_1+%3D+1)+FROM+ext{Table}", ("ext", "1\n")), StringComparison.Ordinal);
        Assert.Equal("2\n", await PostAsync($"?query=SELECT+sum(_1)+FROM+ext{Table}", ("ext", "2\n")));
        Assert.StartsWith("Code: 60.", await PostAsync("?session_id=external&query=SELECT+*+FROM+ext"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statement_and_parameters_may_be_fields_of_the_form()
    {
        using MultipartFormDataContent form = new()
        {
            { new StringContent("SELECT count(), {more:UInt8} FROM ext"), "query" },
            { new StringContent("7"), "param_more" },
            { new StringContent("JSONEachRow"), "ext_format" },
            { new StringContent("n UInt64"), "ext_structure" },
            { new StringContent("""{"n":1}{"n":2}"""), "ext", "rows.json" },
        };
        Assert.Equal("2\t7\n", await PostAsync("", form));
    }

    [Theory]
    [InlineData("", 36)]
    [InlineData("&ext_structure=n+UInt8+DEFAULT+file('/etc/passwd')", 497)]
    [InlineData("&ext_structure=n+UInt8)+ENGINE+%3D+File(CSV", 62)]
    [InlineData("&ext_structure=n+UInt8;+DROP+TABLE+iot.readings", 62)]
    [InlineData("&ext_types=UInt8&ext_format=CSV';", 73)]
    [InlineData("&ext_types=UInt8&max_threads=x", 452)]
    [InlineData("&ext_types=Date", 38)]
    public async Task What_does_not_read_or_reaches_further_is_refused(string fields, int code) =>
        Assert.StartsWith($"Code: {code}.", await PostAsync($"?query=SELECT+*+FROM+ext{fields}", ("ext", "no number\n")), StringComparison.Ordinal);

    [Fact]
    public async Task Form_that_is_too_large_is_refused() =>
        Assert.StartsWith("Code: 229.", await PostAsync("?query=SELECT+1&ext_types=String", ("ext", new string('x', (16 << 20) + 1))), StringComparison.Ordinal);

    private async Task<string> PostAsync(string address, params (string Name, string Rows)[] tables)
    {
        using MultipartFormDataContent form = [];
        foreach ((string name, string rows) in tables)
        {
            form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(rows)), name, $"{name}.tsv");
        }

        if (tables.Length == 0)
        {
            form.Add(new StringContent("empty"), "quota_key");
        }

        return await PostAsync(address, form);
    }

    private async Task<string> PostAsync(string address, HttpContent body)
    {
        using HttpResponseMessage answer = await _service.Http.PostAsync(new Uri(address, UriKind.Relative), body);
        return await answer.Content.ReadAsStringAsync();
    }
}
