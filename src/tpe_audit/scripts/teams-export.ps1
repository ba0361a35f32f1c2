<#
.SYNOPSIS
Writes the settings that only Teams PowerShell can read as one JSON document, for tpe-audit. Changes nothing.
#>
[CmdletBinding(DefaultParameterSetName = 'Person')]
param(
    # The id of the Teams tenant.
    [Parameter(Mandatory = $true)]
    [guid] $TenantId,

    # Where to write.
    [Parameter(ParameterSetName = 'Person')]
    [Parameter(ParameterSetName = 'Application')]
    [string] $Path = 'teams-export.json',

    # To sign in as an application, with a certificate in the store of this machine.
    [Parameter(ParameterSetName = 'Application', Mandatory = $true)]
    [string] $ApplicationId,
    [Parameter(ParameterSetName = 'Application', Mandatory = $true)]
    [string] $CertificateThumbprint,

    # As tpe-audit itself runs it: with the tokens that the environment holds, writing to the standard output.
    [Parameter(ParameterSetName = 'Tokens', Mandatory = $true)]
    [switch] $Tokens
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
if ($Tokens) {
    # Only the document may go to the standard output.
    $WarningPreference = 'SilentlyContinue'
    $InformationPreference = 'SilentlyContinue'
    $ProgressPreference = 'SilentlyContinue'
}
$invariant = [System.Globalization.CultureInfo]::InvariantCulture

# What is exported of what each cmdlet returns.
$wanted = [ordered] @{
    'Get-CsOnlineApplicationInstance'       = @(
        'ObjectId', 'UserPrincipalName', 'DisplayName', 'ApplicationId', 'PhoneNumber', 'AcsResourceId'
    )
    'Get-CsTeamsAcsFederationConfiguration' = @(
        'Identity', 'EnableAcsUsers', 'AllowedAcsResources', 'RequireAcsFederationForMeeting',
        'LabelForAllowedAcsUsers', 'HideBannerForAllowedAcsUsers'
    )
    'Get-CsExternalAccessPolicy'            = @('Identity', 'EnableAcsFederationAccess', 'EnableFederationAccess')
    'Get-CsTeamsCallingPolicy'              = @('Identity', 'AllowPrivateCalling')
    'Get-CsTeamsSharedCallingRoutingPolicy' = @('Identity', 'ResourceAccount', 'EmergencyNumbers')
    'Get-CsOnlineUser'                      = @(
        'Identity', 'UserPrincipalName', 'AccountType', 'ExternalAccessPolicy', 'OnlineVoiceRoutingPolicy',
        'OnlineDialOutPolicy'
    )
    'Get-CsOnlineVoiceRoutingPolicy'        = @('Identity', 'OnlinePstnUsages')
    'Get-CsOnlineVoiceRoute'                = @(
        'Identity', 'NumberPattern', 'OnlinePstnUsages', 'OnlinePstnGatewayList', 'Priority'
    )
    'Get-CsOnlinePSTNGateway'               = @('Identity', 'Fqdn', 'SipSignalingPort', 'Enabled')
    'Get-CsOnlineDialOutPolicy'             = @('Identity', 'AllowPSTNOutboundCallingType')
    'Get-CsInboundBlockedNumberPattern'     = @('Identity', 'Pattern', 'Enabled', 'ResourceAccount')
    'Get-CsInboundExemptNumberPattern'      = @('Identity', 'Pattern', 'Enabled')
    'Get-CsTenantBlockedCallingNumbers'     = @('Identity', 'Enabled')
    'Get-CsAutoAttendant'                   = @('Identity', 'Name', 'ApplicationInstances')
    'Get-CsCallQueue'                       = @('Identity', 'Name', 'ApplicationInstances')
}

# Resource accounts, and whoever can be an agent: not every user of the tenant.
$questions = @{
    'Get-CsOnlineUser' = @(@{ AccountType = 'ResourceAccount' }, @{ Filter = 'EnterpriseVoiceEnabled -eq $True' })
}

# These return a hundred objects at a time.
$paged = @('Get-CsAutoAttendant', 'Get-CsCallQueue')
$page = 100

function Format-Timestamp {
    param([datetime] $Value)
    $Value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', $invariant)
}

# Returns a value as JSON text. ConvertTo-Json alone writes enumerations as numbers, cuts what lies deep, and writes
# dates and lists differently in the two editions of PowerShell.
function Format-Json {
    param([object] $Value, [int] $Depth = 0)

    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) {
        if ($Value) { return 'true' }
        return 'false'
    }
    if ($Value -is [datetime]) { return Format-Json -Value (Format-Timestamp -Value $Value) }
    if ($Value -is [int] -or $Value -is [long] -or $Value -is [int16] -or $Value -is [byte]) {
        return $Value.ToString($invariant)
    }
    if ($Value -is [string] -or $Value -is [enum] -or $Value -is [valuetype] -or $Depth -gt 8) {
        return ConvertTo-Json -InputObject ($Value.ToString()) -Compress
    }
    $parts = New-Object -TypeName 'System.Collections.Generic.List[string]'
    if ($Value -is [System.Collections.IDictionary]) {
        foreach ($key in $Value.Keys) {
            $quoted = Format-Json -Value ($key.ToString())
            $text = Format-Json -Value $Value[$key] -Depth ($Depth + 1)
            $parts.Add($quoted + ': ' + $text)
        }
        return '{' + ($parts -join ', ') + '}'
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        foreach ($item in $Value) {
            $text = Format-Json -Value $item -Depth ($Depth + 1)
            $parts.Add($text)
        }
        return '[' + ($parts -join ', ') + ']'
    }
    # A policy of a user is an object in newer versions of the module; its name says which it is.
    $name = $Value.PSObject.Properties['Name']
    if ($null -ne $name) { return Format-Json -Value $name.Value -Depth ($Depth + 1) }
    return ConvertTo-Json -InputObject ($Value.ToString()) -Compress
}

# Returns what is exported of one object.
function Select-Wanted {
    param([object] $Item, [string[]] $Properties)

    $chosen = [ordered] @{}
    foreach ($property in $Properties) {
        # What this version of the module does not know is left out: absent is not the same as empty.
        $found = $Item.PSObject.Properties[$property]
        if ($null -ne $found) { $chosen[$property] = $found.Value }
    }
    return $chosen
}

# Returns what one cmdlet answers, read to the end, or the error that it ends with.
function Read-Setting {
    param([string] $Name, [string[]] $Properties)

    $answer = [ordered] @{ ok = $false; error = $null; data = $null }
    $isPaged = $paged -contains $Name
    $runs = @(@{})
    if ($questions.ContainsKey($Name)) { $runs = $questions[$Name] }
    try {
        $data = New-Object -TypeName 'System.Collections.Generic.List[object]'
        foreach ($run in $runs) {
            $skip = 0
            do {
                $arguments = @{ ErrorAction = 'Stop' } + $run
                if ($isPaged) {
                    $arguments['First'] = $page
                    $arguments['Skip'] = $skip
                }
                $items = @(& $Name @arguments)
                foreach ($item in $items) {
                    $chosen = Select-Wanted -Item $item -Properties $Properties
                    $data.Add($chosen)
                }
                $skip += $page
                if ($skip -gt 100000) { throw 'The list has no end.' }
            } while ($isPaged -and $items.Count -ge $page)
        }
        $answer.data = $data
        $answer.ok = $true
    }
    catch {
        $answer.error = $_.Exception.Message
        Write-Warning -Message ($Name + ' failed: ' + $_.Exception.Message)
    }
    return $answer
}

try {
    Import-Module -Name MicrosoftTeams
}
catch {
    # This exit code tells tpe-audit that the module is not there.
    if ($Tokens -and $_.FullyQualifiedErrorId -like 'Modules_ModuleNotFound*') { exit 3 }
    throw
}
# The module would keep a log.
$signIn = @{ TenantId = $TenantId.ToString(); LogLevel = 'None' }
if ($ApplicationId) {
    $signIn['ApplicationId'] = $ApplicationId
    $signIn['CertificateThumbprint'] = $CertificateThumbprint
}
if ($Tokens) {
    $signIn['AccessTokens'] = @($env:TEAMS_EXPORT_GRAPH_TOKEN, $env:TEAMS_EXPORT_TEAMS_TOKEN)
    $env:TEAMS_EXPORT_GRAPH_TOKEN = $null
    $env:TEAMS_EXPORT_TEAMS_TOKEN = $null
}
$session = Connect-MicrosoftTeams @signIn
try {
    if ($session.TenantId -ne $TenantId.ToString()) {
        throw ('Signed in to the tenant ' + $session.TenantId + ' instead of ' + $TenantId + '. Nothing was written.')
    }
    $module = Get-Module -Name MicrosoftTeams | Select-Object -First 1
    $collectedAt = Format-Timestamp -Value ([datetime]::UtcNow)
    $cmdlets = [ordered] @{}
    foreach ($name in $wanted.Keys) {
        $cmdlets[$name] = Read-Setting -Name $name -Properties $wanted[$name]
    }
    $document = [ordered] @{
        schema         = 'tpe-audit/teams-export/1'
        tenant_id      = $TenantId.ToString()
        collected_at   = $collectedAt
        module_version = $module.Version.ToString()
        cmdlets        = $cmdlets
    }
    $utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    $bytes = $utf8.GetBytes((Format-Json -Value $document) + "`n")
    if ($Tokens) {
        $output = [System.Console]::OpenStandardOutput()
        $output.Write($bytes, 0, $bytes.Length)
        $output.Flush()
    }
    else {
        $file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
        [System.IO.File]::WriteAllBytes($file, $bytes)
        Write-Host ('Wrote ' + $file)
    }
}
finally {
    Disconnect-MicrosoftTeams | Out-Null
}
